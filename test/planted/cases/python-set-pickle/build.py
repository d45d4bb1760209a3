import pickle

with open("/rootfs/app/index.pickle", "wb") as file:
    pickle.dump({f"key-{number}" for number in range(40)}, file)
