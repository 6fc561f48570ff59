/** Text fields of a `multipart/form-data` body: how the client sends parameters too long for a URL. */
export function multipartFields(body: Buffer, contentType: string): Map<string, string> {
  const fields = new Map<string, string>()
  const boundary = /boundary="?([^";]+)"?/.exec(contentType)?.[1]
  if (boundary === undefined) return fields
  const mark = Buffer.from(`--${boundary}`)
  let at = body.indexOf(mark)
  while (at >= 0) {
    const next = body.indexOf(mark, at + mark.length)
    if (next < 0) break
    const head = body.indexOf('\r\n\r\n', at)
    if (head >= 0 && head < next) {
      const name = /name="([^"]*)"/.exec(body.toString('utf8', at, head))?.[1]
      if (name !== undefined) fields.set(name, body.toString('utf8', head + 4, next - 2))
    }
    at = next
  }
  return fields
}
