export default { build: { manifest: true, outDir: '../orders/static' } };
