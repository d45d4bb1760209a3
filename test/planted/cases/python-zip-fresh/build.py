import zipfile

with zipfile.ZipFile("/rootfs/app/assets.zip", "w") as archive:
    archive.writestr("robots.txt", "User-agent: *\n")
    archive.writestr("humans.txt", "Nobody\n")
