def known(word):
    return word in {"alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta"}
