"""List prices that come with the portal: offered for a model, never set by themselves."""
