import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

// No inline script and no data: asset, so that a policy of `script-src 'self'` holds.
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  resolve: { conditions: ['@nightjar/source', 'module', 'browser', 'production', 'default'] },
  build: {
    outDir: 'dist',
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 450,
    reportCompressedSize: false,
  },
  server: { proxy: { '/api': 'http://127.0.0.1:4680' } },
})
