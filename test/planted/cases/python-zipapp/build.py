import zipapp
from pathlib import Path

Path("package").mkdir()
Path("package/__main__.py").write_text("print('hello')\n")
zipapp.create_archive("package", "/rootfs/app/service.pyz", compressed=True)
