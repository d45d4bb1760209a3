// Package orders holds orders.
package orders
