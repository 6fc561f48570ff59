export { runHttpTap } from './http/run-http-tap.ts'
export {
  commandKey,
  hideSecrets,
  type LaunchIdentity,
  type LaunchPlace,
  launchIdentity,
} from './identity/launch-key.ts'
export {
  DEFAULT_ENDPOINT,
  type HttpTapOptions,
  type TapCommonOptions,
  type TapOptions,
  type TapStreams,
} from './options.ts'
export { runTap } from './stdio/run-tap.ts'
