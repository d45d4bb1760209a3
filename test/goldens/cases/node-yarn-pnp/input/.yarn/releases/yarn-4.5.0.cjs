// the program of Yarn
