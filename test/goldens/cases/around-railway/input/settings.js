export const settings = JSON.parse(process.env.SETTINGS ?? '{}');
