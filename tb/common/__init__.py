"""What every testbench uses: runner, clock, randomness, base classes and agents."""
