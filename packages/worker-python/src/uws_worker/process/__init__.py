"""A process for each job."""
