/**
 * {@code secretstores.local.env}: secrets from the environment of the app instance. Start at {@link
 * io.jitney.components.secretstores.localenv.LocalEnvSecretStore}.
 */
@NullMarked
package io.jitney.components.secretstores.localenv;

import org.jspecify.annotations.NullMarked;
