export default defineNuxtConfig({ buildId: 'build' });
