"""The desktop application: the only place that knows Qt. Calls jobs and the project; adds no learning and no SQL."""
