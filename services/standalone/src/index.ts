export { runStandalone } from './main.ts'
