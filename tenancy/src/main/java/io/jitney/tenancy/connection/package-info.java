/**
 * How many connections a tenant may have, how fast new ones may come, and why connections were
 * ended. Start at {@link io.jitney.tenancy.connection.TenantConnections}; those of callers that are
 * not known yet are counted by {@link io.jitney.tenancy.connection.UnidentifiedConnections}.
 *
 * <p>Threads: any. Nothing blocks, nothing takes a lock.
 */
@NullMarked
package io.jitney.tenancy.connection;

import org.jspecify.annotations.NullMarked;
