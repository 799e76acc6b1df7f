"""What leaves the project: the dataset, pushed to an endpoint."""
