export { API_PROBLEMS, type ApiCode } from './http/problems.ts'
export { type ApiOptions, LIMITS } from './options.ts'
export { type Api, createApi } from './service.ts'
