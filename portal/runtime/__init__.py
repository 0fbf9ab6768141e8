"""What surrounds the web application on one machine: data folder, embedded services, supervision.

Nothing here needs a configured Django, so that settings, the bootstrap and the supervisor may use it.
"""
