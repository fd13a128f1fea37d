/**
 * Who is calling: from what is known of a connection to a tenant, or to nobody.
 *
 * <p>Start at {@link io.jitney.tenancy.identity.IdentityChain}. It asks {@link
 * io.jitney.tenancy.identity.IdentityRule rules} one after the other; the ones of today are {@link
 * io.jitney.tenancy.identity.ListenerDirectory} (a listener that belongs to one instance), {@link
 * io.jitney.tenancy.identity.TokenDirectory} (API token) and {@link
 * io.jitney.tenancy.identity.AddressDirectory} (source address, and the cross-check of tokens with
 * it). A new way to be known (pod watch, service-account token, socket with peer credentials) is a
 * new rule, a field in {@link io.jitney.tenancy.identity.ConnectionFacts} if it needs a new fact,
 * and a case of {@link io.jitney.tenancy.identity.Caller}, at which the compiler shows the places
 * that care.
 *
 * <p>There is no default tenant: an unknown caller is refused. Nothing that a client sends besides
 * its token takes part.
 *
 * <p>Threads: any. The directories are immutable snapshots, swapped whole.
 */
@NullMarked
package io.jitney.tenancy.identity;

import org.jspecify.annotations.NullMarked;
