import uuid

with open("/rootfs/app/installation-id", "w") as file:
    file.write(f"{uuid.uuid1()}\n")
