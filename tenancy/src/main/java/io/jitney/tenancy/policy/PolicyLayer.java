package io.jitney.tenancy.policy;

/**
 * One set of values that counts for a tenant, and how much.
 *
 * @param rank the higher rank decides; of equal ranks the stricter value
 * @param values what it says
 * @param origin where it was written
 */
record PolicyLayer(int rank, PolicyValues values, PolicyOrigin origin) {}
