import {
  alertSchema,
  auditEventSchema,
  callViewSchema,
  deliverySchema,
  destinationSchema,
  findingSchema,
  healthViewSchema,
  manifestVersionSchema,
  overviewSchema,
  pageSchema,
  problemSchema,
  ruleViewSchema,
  serverSchema,
  sessionViewSchema,
  suppressionSchema,
} from '@nightjar/core'
import { z } from 'zod'

const named = <T extends z.ZodType>(id: string, schema: T): T => schema.meta({ id }) as T

export const Finding = named('Finding', findingSchema)
export const Alert = named('Alert', alertSchema.extend({ finding: Finding }))
export const Server = named('Server', serverSchema)
export const ManifestVersion = named('ManifestVersion', manifestVersionSchema)
export const Suppression = named('Suppression', suppressionSchema)
/** A destination as anyone may see it: without its secret. */
export const Destination = named('Destination', destinationSchema.omit({ sealedSecret: true }))
export const Delivery = named('Delivery', deliverySchema)
export const CallView = named('Call', callViewSchema)
export const SessionView = named('Session', sessionViewSchema)
export const RuleView = named('Rule', ruleViewSchema)
export const Overview = named('Overview', overviewSchema)
export const HealthView = named('Health', healthViewSchema)
export const Problem = named('Problem', problemSchema)
export const AuditEvent = auditEventSchema

export const Policy = named('Policy', z.object({ enforceAllowList: z.boolean() }))
export const AlertDetail = named(
  'AlertDetail',
  z.object({ alert: Alert, findings: z.array(Finding), events: z.array(AuditEvent) }),
)
export const NewDestination = named(
  'NewDestination',
  Destination.extend({
    secret: z
      .string()
      .optional()
      .meta({ description: 'Signing secret made by Nightjar; shown this once.' }),
  }),
)
export const Pending = named(
  'Pending',
  z.object({ commandId: z.string(), status: z.enum(['pending', 'done']) }),
)
export const SignInLink = named('SignInLink', z.object({ url: z.string() }))
export const Me = named(
  'Me',
  z.object({
    actor: z.string(),
    role: z.enum(['admin']),
    expiresAt: z.iso.datetime().nullable(),
  }),
)

export const EventPage = named('EventPage', pageSchema(AuditEvent))
export const CallPage = named('CallPage', pageSchema(CallView))
export const SessionPage = named('SessionPage', pageSchema(SessionView))
export const AlertPage = named('AlertPage', pageSchema(Alert))
export const ServerPage = named('ServerPage', pageSchema(Server))
export const ManifestPage = named('ManifestPage', pageSchema(ManifestVersion))
export const RulePage = named('RulePage', pageSchema(RuleView))
export const SuppressionPage = named('SuppressionPage', pageSchema(Suppression))
export const DestinationPage = named('DestinationPage', pageSchema(Destination))
export const DeliveryPage = named('DeliveryPage', pageSchema(Delivery))

const problem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: Problem } },
})

/** Problems any answer may be. */
export const PROBLEMS = {
  400: problem('The request is not valid.'),
  401: problem('Not signed in.'),
  '4XX': problem('Refused; `code` says why.'),
  '5XX': problem('Not answered; `code` and `hint` say what to do.'),
}
