/** Configs of models whose layers are not built yet. */

/**
 * A config without the shapes its layers were built with. Layers that come built have paths of their own
 * (`dense/kernel`), as in Python; those of a model that builds them begin with its name.
 */
export function withoutBuildConfig<T>(config: T): T {
  if (Array.isArray(config)) return config.map(withoutBuildConfig) as T;
  if (config === null || typeof config !== 'object') return config;
  return Object.fromEntries(Object.entries(config).filter(([key]) => key !== 'build_config')
    .map(([key, value]) => [key, withoutBuildConfig(value)])) as T;
}
