"""Steps of a plan: preconditions, intent, write, read back."""
