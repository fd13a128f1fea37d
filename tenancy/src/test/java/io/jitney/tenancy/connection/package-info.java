@org.jspecify.annotations.NullMarked
package io.jitney.tenancy.connection;
