/**
 * What an app may name: which resources are for it, and which secrets of a store it may read.
 *
 * <p>Start at {@link io.jitney.tenancy.scope.AppScopes} (the {@code scopes} list of a resource) or
 * {@link io.jitney.tenancy.scope.SecretScopes} (the {@code secrets.scopes} of a Configuration).
 * These are decisions only; the daemon turns a denial into Dapr's error.
 *
 * <p>Threads: any; everything is immutable.
 */
@NullMarked
package io.jitney.tenancy.scope;

import org.jspecify.annotations.NullMarked;
