#!/usr/bin/env python
"""Django's command line, with the settings of this project."""

import os
import sys

from portal.runtime.dotenv import load_dotenv


def main() -> None:
    os.umask(0o077)  # the database, the keys and what is exported are for this user alone
    load_dotenv()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.db import OperationalError, ProgrammingError

    try:
        execute_from_command_line(sys.argv)
    except (OperationalError, ProgrammingError) as error:  # no tables yet, an unreachable server, a full disk
        if "--traceback" in sys.argv:
            raise
        sys.stderr.write(f"The database cannot be used: {str(error).strip()}\n")
        sys.stderr.write("Is it set up? manage.py migrate does it; --traceback tells more.\n")
        sys.exit(2)
    except ImproperlyConfigured as error:  # a setting that makes no sense: the text says which
        sys.stderr.write(f"{error}\n")
        sys.exit(2)


if __name__ == "__main__":
    main()
