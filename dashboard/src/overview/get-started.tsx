import { Snippet } from '../parts/snippet.tsx'

const OTEL = `export OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318
export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf
export OTEL_TRACES_EXPORTER=otlp OTEL_LOGS_EXPORTER=otlp`

/** The three ways to the first call. */
export function GetStarted() {
  return (
    <>
      <p>
        Calls appear here by themselves, within a second of being made. Three ways to the first:
      </p>
      <div className="nj-snippets">
        <Snippet label="See it work, with real servers" code="npx nightjar demo" />
        <Snippet
          label="Watch one server: put tap before its command"
          code="npx nightjar tap -- npx -y @modelcontextprotocol/server-filesystem ."
        />
        <Snippet label="Point any OpenTelemetry emitter here" code={OTEL} />
      </div>
    </>
  )
}
