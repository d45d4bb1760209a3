import secrets

with open("/rootfs/app/settings.py", "w") as file:
    file.write(f"DEBUG = False\nSECRET_KEY = '{secrets.token_urlsafe(50)}'\n")
