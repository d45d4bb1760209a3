import py_compile
import tempfile
from pathlib import Path

folder = Path(tempfile.mkdtemp())
(folder / "service.py").write_text("def answer():\n    return 42\n")
py_compile.compile(
    str(folder / "service.py"),
    cfile="/rootfs/app/service.pyc",
    invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
)
