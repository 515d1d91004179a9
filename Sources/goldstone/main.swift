print("goldstone")
