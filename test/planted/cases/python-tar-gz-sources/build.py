import gzip
import tarfile
from pathlib import Path

with gzip.GzipFile("/rootfs/app/assets.tar.gz", "wb", mtime=0) as packed, tarfile.open(fileobj=packed, mode="w") as archive:
    for file in sorted(Path("assets").iterdir()):
        file.chmod(0o644)
        archive.add(file)
