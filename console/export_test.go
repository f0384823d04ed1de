package console

import "github.com/gin-gonic/gin"

// Routes are all that the API takes, as gin has them.
func Routes() gin.RoutesInfo {
	config := Config{}.whole()
	return routes(&handler{config: config}).Routes()
}
