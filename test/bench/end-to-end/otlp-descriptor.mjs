// The part of OTLP's trace messages that a trace pipeline reads; field numbers from the OTLP specification 1.11.
const field = (type, id, rule) => ({ type, id, ...(rule ? { rule } : {}) })

/** A protobufjs JSON descriptor. */
export const OTLP_DESCRIPTOR = {
  nested: {
    otlp: {
      nested: {
        ExportTraceServiceRequest: {
          fields: { resourceSpans: field('ResourceSpans', 1, 'repeated') },
        },
        ResourceSpans: {
          fields: {
            resource: field('Resource', 1),
            scopeSpans: field('ScopeSpans', 2, 'repeated'),
            schemaUrl: field('string', 3),
          },
        },
        Resource: { fields: { attributes: field('KeyValue', 1, 'repeated') } },
        ScopeSpans: {
          fields: {
            scope: field('InstrumentationScope', 1),
            spans: field('Span', 2, 'repeated'),
            schemaUrl: field('string', 3),
          },
        },
        InstrumentationScope: { fields: { name: field('string', 1), version: field('string', 2) } },
        Span: {
          fields: {
            traceId: field('bytes', 1),
            spanId: field('bytes', 2),
            parentSpanId: field('bytes', 4),
            name: field('string', 5),
            kind: field('int32', 6),
            startTimeUnixNano: field('fixed64', 7),
            endTimeUnixNano: field('fixed64', 8),
            attributes: field('KeyValue', 9, 'repeated'),
            status: field('Status', 15),
          },
        },
        Status: { fields: { message: field('string', 2), code: field('int32', 3) } },
        KeyValue: { fields: { key: field('string', 1), value: field('AnyValue', 2) } },
        AnyValue: {
          oneofs: {
            value: {
              oneof: [
                'stringValue',
                'boolValue',
                'intValue',
                'doubleValue',
                'arrayValue',
                'kvlistValue',
                'bytesValue',
              ],
            },
          },
          fields: {
            stringValue: field('string', 1),
            boolValue: field('bool', 2),
            intValue: field('int64', 3),
            doubleValue: field('double', 4),
            arrayValue: field('ArrayValue', 5),
            kvlistValue: field('KeyValueList', 6),
            bytesValue: field('bytes', 7),
          },
        },
        ArrayValue: { fields: { values: field('AnyValue', 1, 'repeated') } },
        KeyValueList: { fields: { values: field('KeyValue', 1, 'repeated') } },
      },
    },
  },
}
