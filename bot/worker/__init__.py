"""The worker: claims jobs that are due, takes each one step further, writes what the step decided."""
