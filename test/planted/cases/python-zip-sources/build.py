import zipfile
from pathlib import Path

with zipfile.ZipFile("/rootfs/app/assets.zip", "w") as archive:
    for file in sorted(Path("assets").iterdir()):
        file.chmod(0o644)
        archive.write(file)
