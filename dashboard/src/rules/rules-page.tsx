import type { RuleView } from '@nightjar/core'
import { useSearchParams } from 'react-router'
import { useRules } from '../api/queries.ts'
import { SeverityBadge } from '../parts/badges.tsx'
import { type Column, DataTable, More } from '../parts/data-table.tsx'
import { Empty, Loaded } from '../parts/notice.tsx'
import { Facts, Page } from '../parts/page.tsx'
import { SidePanel } from '../parts/side-panel.tsx'
import { CopyIcon } from '../parts/snippet.tsx'
import { Tags } from '../parts/tags.tsx'
import { count, exact } from '../show/number.ts'
import { tagWords } from '../show/tags.ts'
import { Suppressions } from './suppressions.tsx'

function columns(onOpen: (id: string) => void): Column<RuleView>[] {
  return [
    {
      key: 'severity',
      header: 'Severity',
      width: '84px',
      cell: (rule) => <SeverityBadge severity={rule.severity} />,
    },
    {
      key: 'title',
      header: 'Rule',
      cell: (rule) => (
        <div className="nj-clip">
          <button type="button" className="nj-link nj-title" onClick={() => onOpen(rule.id)}>
            {rule.title}
          </button>
        </div>
      ),
    },
    {
      key: 'family',
      header: 'Family',
      width: '15%',
      wide: true,
      cell: (rule) => <div className="nj-clip">{rule.family}</div>,
    },
    { key: 'type', header: 'Type', width: '126px', wide: true, cell: (rule) => rule.type },
    { key: 'status', header: 'Status', width: '72px', wide: true, cell: (rule) => rule.status },
    {
      key: 'tags',
      header: 'Tags',
      width: '16%',
      wide: true,
      cell: (rule) => (
        <div className="nj-clip nj-muted" title={rule.tags.join(', ')}>
          {rule.tags
            .filter((tag) => /\d/.test(tag))
            .map((tag) => tagWords(tag).id)
            .join(' · ')}
        </div>
      ),
    },
    {
      key: 'tests',
      header: 'Tests',
      align: 'right',
      width: '60px',
      wide: true,
      cell: (rule) => rule.tests,
    },
    {
      key: 'findings',
      header: 'Findings, 24 h',
      align: 'right',
      width: '112px',
      cell: (rule) => <span title={exact(rule.findings24h)}>{count(rule.findings24h)}</span>,
    },
  ]
}

/** The rules in force, what each claims, and what it found; below, what is suppressed. */
export function RulesPage() {
  const list = useRules()
  const [search, setSearch] = useSearchParams()
  const openId = search.get('rule') ?? ''
  const open = list.items.find(({ id }) => id === openId)
  const show = (id: string) => setSearch(id ? { rule: id } : {}, { replace: true })
  return (
    <Page title="Rules" lead="Sigma rules as loaded; each holds its own tests">
      <Loaded isPending={list.isPending} error={list.error} retry={list.refetch}>
        {list.items.length === 0 ? (
          <Empty title="No rule is loaded">
            <p>
              Rules are YAML files under <code>rules/</code>. Check them with{' '}
              <code>npx nightjar rules lint</code>.
            </p>
          </Empty>
        ) : (
          <>
            <DataTable
              label="Rules"
              rows={list.items}
              columns={columns(show)}
              rowKey={({ id }) => id}
              activeKey={openId}
              onOpen={({ id }) => show(id)}
            />
            <More shown={list.items.length} total={list.total} more={list.more} />
          </>
        )}
      </Loaded>
      <Suppressions />
      {open && <RulePanel rule={open} onClose={() => show('')} />}
    </Page>
  )
}

function RulePanel({ rule, onClose }: { rule: RuleView; onClose: () => void }) {
  return (
    <SidePanel
      title={
        <>
          <SeverityBadge severity={rule.severity} /> {rule.title}
        </>
      }
      actions={<CopyIcon text={rule.source} label="Copy source" />}
      onClose={onClose}
    >
      <section aria-label="About">
        <p className="nj-summary">{rule.description}</p>
        <Facts
          facts={[
            ['Family', rule.family],
            ['Type', rule.type],
            ['Status', rule.status],
            ['Tests', exact(rule.tests)],
            ['Findings, 24 h', exact(rule.findings24h)],
            ['File', <code key="file">{rule.file}</code>],
            ['Id', <code key="id">{rule.id}</code>],
          ]}
        />
        <Tags tags={rule.tags} />
      </section>
      <section aria-label="Source">
        <h3>Source</h3>
        <pre className="nj-source">
          <code>{rule.source}</code>
        </pre>
      </section>
    </SidePanel>
  )
}
