export const connect = (url) => ({ name: new URL(url).pathname });
