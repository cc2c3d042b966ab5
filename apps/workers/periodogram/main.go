// Command periodogram is an example worker in Go: it looks for the period of a light curve that a client uploads.
package main

import (
	"context"
	"log"
	"os"
	"strconv"

	uws "bun-uws/worker"
)

func main() {
	slots := 1
	if text := os.Getenv("UWS_SLOTS"); text != "" {
		var err error
		if slots, err = strconv.Atoi(text); err != nil {
			log.Fatalf("UWS_SLOTS must be a whole number, not %q", text)
		}
	}
	options := uws.Options{Name: "periodogram", Slots: slots}
	if err := uws.Run(context.Background(), options, uws.Jobs{"periodogram": uws.HandlerFunc(periodogram)}); err != nil {
		log.Fatal(err)
	}
}
