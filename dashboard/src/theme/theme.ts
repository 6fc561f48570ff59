import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core'

const accent: MantineColorsTuple = [
  '#eef3fd',
  '#dbe6fb',
  '#b8cff7',
  '#92b6f2',
  '#7cb3ff',
  '#4d8df0',
  '#2f6fe4',
  '#1a56db',
  '#1648b8',
  '#123a94',
]
const gray: MantineColorsTuple = [
  '#f6f7f9',
  '#eef0f3',
  '#e2e6ea',
  '#d3d9df',
  '#b9c1c9',
  '#868e96',
  '#5f6b76',
  '#454f58',
  '#2c343b',
  '#171c21',
]
const dark: MantineColorsTuple = [
  '#e3e8ed',
  '#c3cbd3',
  '#9aa5b1',
  '#6b7682',
  '#343e48',
  '#26303a',
  '#1a2027',
  '#0f1419',
  '#0b0f13',
  '#07090c',
]

const TEXT =
  'Inter, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", Arial, sans-serif'
const MONO =
  'ui-monospace, SFMono-Regular, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace'

/** Mantine's theme: 13 px body, 12 px meta, small radii, system fonts. */
export const theme = createTheme({
  colors: { accent, gray, dark },
  primaryColor: 'accent',
  primaryShade: { light: 7, dark: 6 },
  fontFamily: TEXT,
  fontFamilyMonospace: MONO,
  fontSizes: { xs: '12px', sm: '13px', md: '13px', lg: '15px', xl: '18px' },
  headings: { fontFamily: TEXT, fontWeight: '600' },
  defaultRadius: 4,
  cursorType: 'pointer',
  focusRing: 'auto',
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: 'xs' } },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray' } },
    TextInput: { defaultProps: { size: 'xs' } },
    Textarea: { defaultProps: { size: 'xs' } },
    NativeSelect: { defaultProps: { size: 'xs' } },
    Switch: { defaultProps: { size: 'sm' } },
    Tooltip: { defaultProps: { openDelay: 300, withArrow: true } },
  },
})

/** Surface and text variables that Mantine's own rules read. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-body': '#f6f7f9',
    '--mantine-color-text': '#1b2229',
    '--mantine-color-dimmed': '#5f6b76',
    '--mantine-color-default': '#ffffff',
    '--mantine-color-default-border': '#c3cad1',
    '--mantine-color-placeholder': '#5f6b76',
    '--mantine-color-anchor': '#1a56db',
  },
  dark: {
    '--mantine-color-body': '#0f1419',
    '--mantine-color-text': '#e3e8ed',
    '--mantine-color-dimmed': '#9aa5b1',
    '--mantine-color-default': '#1a2027',
    '--mantine-color-default-border': '#3a4550',
    '--mantine-color-placeholder': '#9aa5b1',
    '--mantine-color-anchor': '#7cb3ff',
  },
})
