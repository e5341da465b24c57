"""What every command needs: simulators, builds, processes, results, pages, the terminal."""
