"""The addresses that programs call."""
