export const grams = (kilos) => kilos * 1000;
