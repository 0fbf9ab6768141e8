"""What lies on the disk."""

import os
import stat
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_database_is_for_its_owner_alone_even_in_an_open_folder(tmp_path):
    folder = tmp_path / "open"
    folder.mkdir(mode=0o755)
    env = {**os.environ, "DATA_DIR": str(folder), "DATABASE_URL": "", "SECRET_KEY": ""}
    command = [sys.executable, "manage.py", "showmigrations", "sessions"]
    subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True)
    modes = [stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir() if file.is_file()]
    assert modes
    assert not any(mode & 0o077 for mode in modes)
