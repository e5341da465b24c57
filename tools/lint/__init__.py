"""Every static check of the project, one named step each."""
