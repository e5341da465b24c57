"""What the environments of all machines share: settings, sequences, checks, tests."""
