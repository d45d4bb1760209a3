// where packages are
