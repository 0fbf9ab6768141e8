"""Do model graders agree with people who graded the same answers without seeing the verdict? Pure."""
