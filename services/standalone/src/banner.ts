/** What a person reads after the start. */
export interface BannerFacts {
  readonly url: string
  readonly signIn: string
  readonly otlpHttp: string
  readonly otlpGrpc: string
  readonly data: string
  readonly tokenPath: string
  readonly rules: number
  readonly ms: number
}

/** The lines printed when everything is ready. */
export function banner(facts: BannerFacts): string {
  return [
    '',
    `  Nightjar is ready in ${(facts.ms / 1000).toFixed(1)} s, ${facts.rules} rules loaded.`,
    '',
    `  Dashboard   ${facts.url}`,
    `  Sign in     ${facts.signIn}   (once, within ten minutes)`,
    `  OTLP/HTTP   ${facts.otlpHttp}`,
    `  OTLP/gRPC   ${facts.otlpGrpc}`,
    `  Data        ${facts.data}`,
    `  API token   ${facts.tokenPath}`,
    '',
    '  Next: npx nightjar demo · npx nightjar doctor · Ctrl-C ends it.',
    '',
  ].join('\n')
}
