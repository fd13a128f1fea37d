package io.jitney.loadtest.process;

import io.jitney.loadtest.scenario.Load;

/**
 * A tenant to be set up.
 *
 * @param appId its name
 * @param aggressor whether its app runs with the aggressor's
 */
public record TenantSpec(String appId, boolean aggressor, Load.Store store, Load.App app) {}
