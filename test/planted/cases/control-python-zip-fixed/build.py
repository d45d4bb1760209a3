import zipfile

with zipfile.ZipFile("/rootfs/app/assets.zip", "w") as archive:
    for name in ("robots.txt", "humans.txt"):
        archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), "fixed\n")
